/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Apps are built in so that `app jupyterlab` works where nobody has written any
 * settings; and each is what somebody would write there, so that one key of it can
 * be said otherwise, and a new one be made after it (examples/apps.conf).
 *
 * No command has the token as an argument, which every user of the node could read.
 * Where a tool can listen on a Unix socket it does, since a port of loopback is for
 * all users of the node.
 */
#include "opt/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/expand.h"
#include "base/mem.h"

#define TOKEN "{token}"

static const struct app builtin[] = {
	{ "jupyterlab", {
		[APPKEY_DESCRIPTION] = "JupyterLab",
		[APPKEY_COMMAND] = "JUPYTER_TOKEN= JUPYTER_TOKEN_FILE=$APP_TOKEN_FILE JUPYTER_RUNTIME_DIR=$APP_DIR exec jupyter lab --no-browser --ServerApp.sock=\"$APP_SOCKET\"",
		[APPKEY_LISTEN] = "socket",
		[APPKEY_URL] = "/lab?token={token}",
		[APPKEY_CLIENT_PORT] = "8888",
	} },
	{ "notebook", {
		[APPKEY_DESCRIPTION] = "Jupyter Notebook",
		[APPKEY_COMMAND] = "case $(jupyter notebook --version) in [1-6].*) app=NotebookApp;; *) app=ServerApp;; esac; JUPYTER_TOKEN= JUPYTER_TOKEN_FILE=$APP_TOKEN_FILE JUPYTER_RUNTIME_DIR=$APP_DIR exec jupyter notebook --no-browser --$app.sock=\"$APP_SOCKET\"",
		[APPKEY_LISTEN] = "socket",
		[APPKEY_URL] = "/tree?token={token}",
		[APPKEY_CLIENT_PORT] = "8888",
	} },
	{ "code-server", {
		[APPKEY_DESCRIPTION] = "VS Code in the browser",
		[APPKEY_COMMAND] = "PASSWORD=$APP_TOKEN exec code-server --auth password --socket \"$APP_SOCKET\" --socket-mode 600 --disable-telemetry --disable-update-check",
		[APPKEY_LISTEN] = "socket",
	} },
	{ "tensorboard", {
		[APPKEY_DESCRIPTION] = "TensorBoard, of the logs below ~/runs",
		[APPKEY_COMMAND] = "exec tensorboard --logdir . --host 127.0.0.1 --port \"$APP_PORT\"",
		[APPKEY_DIRECTORY] = "~/runs",
		[APPKEY_CLIENT_PORT] = "6006",
	} },
	{ "rstudio", {
		[APPKEY_DESCRIPTION] = "RStudio Server",
		[APPKEY_COMMAND] = "printf '#!/bin/sh\\nIFS= read -r word\\ntest \"$word\" = \"$(cat \"%s\")\"\\n' \"$APP_TOKEN_FILE\" >\"$APP_DIR/password\"; chmod 700 \"$APP_DIR/password\"; printf 'provider=sqlite\\ndirectory=%s\\n' \"$APP_DIR\" >\"$APP_DIR/database\"; exec rserver --server-daemonize=0 --server-user=\"$(id -un)\" --www-address=127.0.0.1 --www-port=\"$APP_PORT\" --auth-none=0 --auth-pam-helper-path=\"$APP_DIR/password\" --server-data-dir=\"$APP_DIR\" --database-config-file=\"$APP_DIR/database\"",
		[APPKEY_CLIENT_PORT] = "8787",
	} },
	{ "marimo", {
		[APPKEY_DESCRIPTION] = "marimo",
		[APPKEY_COMMAND] = "exec marimo edit --headless --host 127.0.0.1 --port \"$APP_PORT\" --token --token-password-file \"$APP_TOKEN_FILE\"",
		[APPKEY_URL] = "/?access_token={token}",
		[APPKEY_CLIENT_PORT] = "2718",
	} },
	{ "files", {
		[APPKEY_DESCRIPTION] = "the files below a directory, by Python's http.server",
		[APPKEY_COMMAND] = "exec python3 -c 'import http.server as h, os, socketserver as s; H = type(\"H\", (h.SimpleHTTPRequestHandler,), {\"address_string\": lambda self: \"-\"}); s.ThreadingUnixStreamServer(os.environ[\"APP_SOCKET\"], H).serve_forever()'",
		[APPKEY_DIRECTORY] = APPKEY_HERE,
		[APPKEY_LISTEN] = "socket",
		[APPKEY_CLIENT_PORT] = "8000",
	} },
};
#define BUILTIN (sizeof builtin / sizeof *builtin)

const struct app *app_builtin(size_t i)
{
	return i < BUILTIN ? &builtin[i] : NULL;
}

void app_names(const struct config *c, struct opt_list *names)
{
	struct opt_list told = { 0 };

	for (size_t i = 0; i < BUILTIN; i++)
		optlist_add(names, mem_strdup(builtin[i].name));
	config_names(c, CONFIG_OF_APP, &told);
	for (size_t i = 0; i < told.n; i++)
		if (!optlist_has(names, told.word[i]))
			optlist_add(names, mem_strdup(told.word[i]));
	optlist_free(&told);
}

static int no_app(const struct config *c, const char *name, struct err *e)
{
	struct opt_list names = { 0 };
	struct buf all = { 0 };

	app_names(c, &names);
	for (size_t i = 0; i < names.n; i++)
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", names.word[i]);
	err_set(e, "there is no app '%.80s'; there are: %.*s", name,
		(int)all.len, buf_data(&all));
	buf_fini(&all);
	optlist_free(&names);
	return -1;
}

int app_find(const struct config *c, const char *name, struct app *app,
	struct err *e)
{
	const char *where = NULL;

	*app = (struct app){ .name = NULL };
	for (size_t i = 0; i < BUILTIN; i++)
		if (strcmp(builtin[i].name, name) == 0)
			*app = builtin[i];
	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *s = &c->setting[i];

		if (s->scope != CONFIG_OF_APP || strcmp(s->of, name) != 0)
			continue;
		app->name = s->of;
		where = s->where;
		if (s->key[0] != '\0')
			app->value[appkey_find(s->key)] = s->value;
	}
	if (app->name == NULL)
		return no_app(c, name, e);
	if (app->value[APPKEY_COMMAND] == NULL)
		return err_set(e, "%s: nothing says the command of the app '%s'",
			where, name);
	for (int i = 0; i < APPKEYS; i++)
		if (app->value[i] == NULL)
			app->value[i] = appkey_default((enum appkey)i);
	return 0;
}

int app_has_socket(const struct app *app)
{
	return strcmp(app->value[APPKEY_LISTEN], "socket") == 0;
}

long app_number(const struct app *app, enum appkey key)
{
	return appkey_number(key, app->value[key]);
}

char *app_url(const struct app *app, const char *token, int *asks)
{
	const char *url = app->value[APPKEY_URL];

	*asks = strstr(url, TOKEN) == NULL;
	return expand_token(url, TOKEN, token);
}
