// SPDX-License-Identifier: BSD-2-Clause
// What editors do with npm's ssh2 (open-remote-ssh, Positron and others), by a
// ProxyCommand; its first argument is the directory of the module, the others are
// those of with_paramiko.py.
'use strict';
const [modules, proxy, user, key, known, directory, file, port] =
	process.argv.slice(2);
const { Client } = require(modules + '/ssh2');
const crypto = require('crypto');
const fs = require('fs');
const { Duplex } = require('stream');
const { spawn } = require('child_process');

const digest = (data) => crypto.createHash('sha256').update(data).digest('hex');
const later = (f) => new Promise((yes, no) =>
	f((error, value) => error ? no(error) : yes(value)));

// No shell, as they do it; and nobody reads its stderr.
function proxied() {
	const words = proxy.match(/"[^"]*"|'[^']*'|\S+/g)
		.map((word) => word.replace(/^["']|["']$/g, ''));
	const child = spawn(words[0], words.slice(1),
		{ stdio: ['pipe', 'pipe', 'pipe'] });

	return Duplex.from({ readable: child.stdout, writable: child.stdin });
}

function whole(stream) {
	return new Promise((yes, no) => {
		const parts = [];

		stream.on('data', (part) => parts.push(part));
		stream.on('error', no);
		stream.on('close', () => yes(Buffer.concat(parts)));
	});
}

async function run(client, command, given, options) {
	let status;
	const stream = await later((f) =>
		client.exec(command, options || {}, (error, made) => {
			// At once: a status may be in what was read with the answer.
			if (!error)
				made.on('exit', (code) => status = code);
			f(error, made);
		}));
	const both = Promise.all([whole(stream), whole(stream.stderr)]);
	stream.end(given);
	const [out, err] = await both;
	return { status, out, err };
}

async function fromThere(client) {
	client.on('tcp connection', (info, accept) => accept().end('from here'));
	const there = await later((f) => client.forwardIn('127.0.0.1', 0, f));
	const answer = await run(client,
		`bash -c 'cat </dev/tcp/127.0.0.1/${there}'`);
	return answer.out.toString();
}

async function main() {
	const client = new Client();
	const trusted = fs.readFileSync(known, 'utf8').split(/\s+/)[2];

	client.connect({
		sock: proxied(), username: user, privateKey: fs.readFileSync(key),
		readyTimeout: 30000,
		hostVerifier: (seen) => seen.toString('base64') === trusted,
	});
	await new Promise((yes, no) => client.on('ready', yes).on('error', no));
	let r = await run(client, 'echo out; echo err >&2; exit 7');
	console.log(`status=${r.status} out=${r.out.toString().trim()} ` +
		`err=${r.err.toString().trim()}`);
	const data = fs.readFileSync(file);
	r = await run(client, 'cat', data);
	console.log(`stdin=${digest(r.out)}`);
	r = await run(client, 'echo $VSCODE_REMOTE_SHELL_SESSION');
	console.log(`session=${r.out.toString().trim()}`);
	r = await run(client, 'stty size', undefined,
		{ pty: { rows: 40, cols: 120 } });
	console.log(`size=${r.out.toString().trim()}`);
	const sftp = await later((f) => client.sftp(f));
	await later((f) => sftp.fastPut(file, directory + '/ssh2', f));
	r = await run(client, `sha256sum <'${directory}/ssh2'`);
	console.log(`there=${r.out.toString().split(' ')[0]}`);
	const back = await later((f) => sftp.readFile(directory + '/ssh2', f));
	console.log(`back=${digest(back)}`);
	const stream = await later((f) =>
		client.forwardOut('127.0.0.1', 1, '127.0.0.1', +port, f));
	stream.on('end', () => stream.end());
	const answer = whole(stream);
	stream.write('GET /page HTTP/1.0\r\n\r\n');
	const page = await answer;
	console.log(`page=${digest(page.subarray(page.indexOf('\r\n\r\n') + 4))}`);
	console.log(`from there=${await fromThere(client)}`);
	client.end();
}

main().catch((error) => {
	console.error(error);
	process.exit(1);
});
