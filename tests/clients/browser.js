// SPDX-License-Identifier: BSD-2-Clause
// VS Code's workbench in a headless browser, driven line by line on stdin:
//
//	node browser.js MODULES CHROMIUM DIR
//
//	open URL            the workbench of that URL is shown; the file tree, too
//	show FILE           open FILE of the folder
//	edit FILE TEXT      the same, put TEXT at its top, save it
//	terminal            open one; its shell has said something
//	big                 make the terminal as large as the window, or small again
//	run ERE COMMAND     type it, wait until the terminal has a line like that; no
//	                    blanks in ERE
//	count COMMAND       type one that prints <1><2><3>... for ever
//	ticks N             wait until the counter is N steps further than now
//	enter               the key, in the terminal
//	reload              of the window; the terminal is there again
//	shot NAME           a picture, DIR/NAME.png
//	text                what the terminal shows
//	log FILE NAME       a picture of a text file, as VS Code shows a log
//	quit
//
// Each is answered by a line "ok SECONDS WORD..." or "failed WORD...". The numbers
// of a counter are read off the screen: every one once, in order, or it failed.
'use strict';
const [modules, executablePath, dir] = process.argv.slice(2);
const {chromium} = require(modules + '/playwright-core');
const fs = require('fs');
const VERSION = fs.readFileSync(modules + '/../version', 'utf8').trim();
const readline = require('readline');

const LIMIT = 180000;	// ms, on a busy machine
// Without WebGL the terminal is made of elements with text in them.
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-webgl',
	'--disable-webgl2', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update',
	'--disable-sync', '--disable-dev-shm-usage'];
const LOG = `<body style="margin: 0; font: 13px sans-serif; color: #3b3b3b;
	background: #f8f8f8"><div style="padding: 10px 16px; font-size: 11px;
	border-bottom: 1px solid #e5e5e5"><u>OUTPUT</u>
	<span style="float: right; font-size: 13px">Remote - SSH</span></div>
	<pre style="margin: 10px 16px; font: 13px monospace; line-height: 19px;
	white-space: pre-wrap"></pre></body>`;
let page;

// Whether the folder is trusted is asked at the start, in 1.100, or when the
// first terminal is opened, in 1.139.
const ASKED_AT_START = VERSION.startsWith('1.100.');
let asked = false;

async function trust() {
	if (asked)
		return;
	const yes = page.getByRole('button', {name: /Yes, I trust|Trust Folder/});
	await yes.click({timeout: LIMIT});
	asked = true;
}

async function palette(command) {
	await page.keyboard.press('F1');
	const input = page.locator('.quick-input-widget input.input').first();
	await input.waitFor({state: 'visible', timeout: LIMIT});
	await input.fill('>' + command);
	await page.locator('.quick-input-list .monaco-list-row', {
		hasText: command}).first().waitFor({timeout: LIMIT});
	await page.keyboard.press('Enter');
	await input.waitFor({state: 'hidden', timeout: LIMIT});
}

// What the terminal shows, its lines without what pads them.
async function rows() {
	const lines = await page.locator('.xterm-rows > div').allTextContents();
	return lines.map(l => l.replace(/\u00a0/g, ' ').trimEnd());
}

async function until(what, good, limit = LIMIT) {
	const end = Date.now() + limit;
	for (;;) {
		const value = await good();
		if (value)
			return value;
		if (Date.now() > end)
			throw new Error('not in time: ' + what);
		await page.waitForTimeout(50);
	}
}

async function shown() {
	await page.locator('.monaco-workbench .explorer-folders-view ' +
		'.monaco-list-row').first().waitFor({timeout: LIMIT});
}

function editorLines() {
	return page.locator('.editor-instance .view-lines').first();
}

async function numbers() {
	const text = (await rows()).join('');
	const seen = [...text.matchAll(/<(\d+)>/g)].map(m => +m[1]);
	seen.forEach((n, i) => {
		if (n !== i + 1)
			throw new Error(`number ${i + 1} of the counter is ${n}: ` +
				seen.slice(Math.max(0, i - 3), i + 4));
	});
	return seen.length;
}

const verbs = {
	async open(url) {
		await page.goto(url, {timeout: LIMIT});
		asked = false;
		if (ASKED_AT_START)
			await trust();
		await shown();
	},

	async show(file) {
		await page.keyboard.press('Control+p');
		const input = page.locator('.quick-input-widget input.input').first();
		await input.fill(file);
		await page.locator('.quick-input-list .monaco-list-row', {
			hasText: file}).first().waitFor({timeout: LIMIT});
		await page.keyboard.press('Enter');
		await page.locator('.tab.active', {hasText: file})
			.waitFor({timeout: LIMIT});
		await editorLines().waitFor({timeout: LIMIT});
	},

	async edit(file, ...words) {
		await verbs.show(file);
		await editorLines().click();
		await page.keyboard.press('Control+Home');
		await page.keyboard.insertText(words.join(' '));
		await page.keyboard.press('Enter');
		await page.locator('.tab.active.dirty').waitFor({timeout: LIMIT});
		await page.keyboard.press('Control+s');
		await page.locator('.tab.active:not(.dirty)')
			.waitFor({timeout: LIMIT});
	},

	async terminal() {
		await palette('Terminal: Create New Terminal');
		await trust();
		await page.locator('.xterm-rows').waitFor({timeout: LIMIT});
		await until('a prompt', async () => (await rows()).join('') !== '');
	},

	async big() {
		await palette('View: Toggle Maximized Panel');
		await page.waitForTimeout(500);
	},

	async run(pattern, ...words) {
		await type(words.join(' '));
		const like = new RegExp(pattern);
		return until(pattern, async () =>
			(await rows()).find(l => like.test(l)));
	},

	async count(...words) {
		await type(words.join(' '));
		return until('two numbers', async () => await numbers() >= 2);
	},

	async ticks(n) {
		const from = await numbers();
		return 'to ' + await until(`${n} numbers after ${from}`, async () => {
			const now = await numbers();
			return now >= from + +n && now;
		}, 2 * LIMIT);
	},

	async enter() {
		await page.locator('.xterm-helper-textarea').first().focus();
		await page.keyboard.press('Enter');
	},

	async reload() {
		await page.reload({timeout: LIMIT});
		await shown();
		await page.locator('.xterm-rows').waitFor({timeout: LIMIT});
		await until('its text', async () => (await rows()).join('') !== '');
	},

	async text() {
		return JSON.stringify((await rows()).filter(l => l));
	},

	async shot(name) {
		await page.screenshot({path: `${dir}/${name}.png`});
	},

	async log(file, name) {
		const pane = await page.context().newPage();
		await pane.setViewportSize({width: 1200, height: 100});
		await pane.setContent(LOG);
		await pane.locator('pre').evaluate((e, text) => {
			e.textContent = text;
		}, fs.readFileSync(file, 'utf8'));
		await pane.screenshot({path: `${dir}/${name}.png`, fullPage: true});
		await pane.close();
	},
};

async function type(command) {
	await page.locator('.xterm-helper-textarea').first().focus();
	await page.keyboard.insertText(command);
	await page.keyboard.press('Enter');
}

async function main() {
	const context = await chromium.launchPersistentContext(
		dir + '/profile', {executablePath, args: ARGS,
			viewport: {width: 1200, height: 750}});
	page = context.pages()[0] || await context.newPage();
	page.setDefaultTimeout(LIMIT);
	console.log('ok 0 ready');
	for await (const line of readline.createInterface({input: process.stdin})) {
		const [verb, ...words] = line.split(' ');
		const begin = Date.now();
		if (verb === 'quit')
			break;
		try {
			const answer = await verbs[verb](...words) || '';
			console.log('ok', (Date.now() - begin) / 1000, answer);
		} catch (e) {
			await page.screenshot({path: `${dir}/failed.png`});
			console.log('failed', String(e.message).split('\n')[0]);
		}
	}
	await context.close();
}

main().catch(e => {
	console.log('failed', String(e.message).split('\n')[0]);
	process.exit(1);
});
