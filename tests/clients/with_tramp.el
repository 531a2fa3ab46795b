;;; SPDX-License-Identifier: BSD-2-Clause
;;; What Emacs does with files of the host `job', by TRAMP: emacs -Q --batch -l
;;; with_tramp.el DIR FILE, where DIR is a directory there, and FILE what is copied.
;;; The programs ssh and scp of PATH know the host. Prints key=value lines.
(require 'tramp)
(setq tramp-verbose 1
      tramp-persistency-file-name nil
      tramp-histfile-override t
      make-backup-files nil
      auto-save-default nil
      create-lockfiles nil)

(let* ((there (pop command-line-args-left))
       (file (pop command-line-args-left))
       (default-directory (concat "/ssh:job:" there "/"))
       (name (expand-file-name "a file")))
  ;; Small, through the shell, and saved as by a user.
  (with-current-buffer (find-file-noselect name)
    (insert "first\n")
    (save-buffer)
    (goto-char (point-max))
    (insert "second line\n")
    (save-buffer))
  (with-temp-buffer
    (insert-file-contents name)
    (princ (format "file=%s\n" (string-replace "\n" "," (buffer-string)))))
  ;; Large, by scp: the method ssh sends all through its terminal.
  (copy-file file (concat "/scp:job:" there "/tramp"))
  (with-temp-buffer
    (let ((status (process-file "sh" nil t nil "-c" "sha256sum <tramp; exit 7")))
      (princ (format "status=%d there=%s\n" status
		     (car (split-string (buffer-string)))))))
  (with-temp-buffer
    (set-buffer-multibyte nil)
    (insert-file-contents-literally (concat "/scp:job:" there "/tramp"))
    (princ (format "back=%s\n" (secure-hash 'sha256 (current-buffer)))))
  (princ (format "session=%s"
		 (shell-command-to-string "echo $VSCODE_REMOTE_SHELL_SESSION")))
  (rename-file name (expand-file-name "another"))
  (princ (format "there is=%s\n"
		 (mapconcat 'identity
			    (directory-files default-directory nil "^[^.]") ",")))
  ;; A program beside Emacs, as those of languages are.
  (with-temp-buffer
    (let ((p (start-file-process "cat" (current-buffer) "cat")))
      (set-process-query-on-exit-flag p nil)
      (process-send-string p "an answer\n")
      (with-timeout (20)
	(while (not (string-match "an answer" (buffer-string)))
	  (accept-process-output p 1)))
      (princ (format "beside=%s\n" (and (string-match "an answer" (buffer-string))
					"yes")))
      (delete-process p)))
  (tramp-cleanup-all-connections))
