// SPDX-License-Identifier: BSD-2-Clause
// A tool's web page in a headless browser, to which ssh -L leads:
//
//	node apps.js MODULES CHROMIUM TOOL URL PICTURE [PASSWORD]
//
// TOOL is code-server or notebook. It logs in, and types a sum into a terminal, or has
// the cell of sum.ipynb run, both by a WebSocket; prints "ok" when 42 has come.
'use strict';
const [modules, executablePath, tool, url, picture, password] =
	process.argv.slice(2);
const {chromium} = require(modules + '/playwright-core');

const LIMIT = 120000;	// ms, on a busy machine
// Without WebGL the terminal is made of elements with text in them.
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-webgl',
	'--disable-webgl2', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

async function codeServer(page) {
	await page.goto(url, {timeout: LIMIT});
	await page.locator('input[name=password]').fill(password);
	await page.keyboard.press('Enter');
	await page.locator('.monaco-workbench').waitFor({timeout: LIMIT});
	await page.locator('.statusbar').waitFor({timeout: LIMIT});
	await page.keyboard.press('F1');
	const input = page.locator('.quick-input-widget input.input').first();
	await input.waitFor({state: 'visible', timeout: LIMIT});
	await input.fill('>Terminal: Create New Terminal');
	await page.locator('.quick-input-list .monaco-list-row', {
		hasText: 'Create New Terminal'}).first().waitFor({timeout: LIMIT});
	await page.keyboard.press('Enter');
	await terminal(page);
}

async function notebook(page) {
	await page.goto(url, {timeout: LIMIT});
	await page.locator('#notebook_list', {hasText: 'sum.ipynb'}).waitFor({
		timeout: LIMIT});
	await page.goto(url.replace(/\/tree.*/, '/notebooks/sum.ipynb'), {
		timeout: LIMIT});
	await page.locator('.kernel_idle_icon').waitFor({timeout: LIMIT});
	await page.locator('button[data-jupyter-action*=run-cell]').first().click({
		timeout: LIMIT});
	await page.locator('.output_area', {hasText: 'sum-42'}).first().waitFor({
		timeout: LIMIT});
}

// A terminal's shell has a prompt, then the sum has its answer. Of several, as of an earlier
// window, the one that is shown.
async function terminal(page) {
	const rows = page.locator('.xterm-rows:visible').last();
	const shows = async what => {
		for (const end = Date.now() + LIMIT; Date.now() < end;) {
			if (what.test(await rows.innerText().catch(() => '')))
				return;
			await page.waitForTimeout(200);
		}
		throw new Error('the terminal does not show ' + what);
	};
	await rows.waitFor({timeout: LIMIT});
	await shows(/[$#]/);
	await page.locator('.xterm:visible').last().click({
		timeout: LIMIT, force: true});
	await page.keyboard.type('echo sum-$((6 * 7))\n');
	await shows(/sum-42/);
}

(async () => {
	const browser = await chromium.launch({executablePath, args: ARGS});
	const page = await browser.newPage({viewport: {width: 1000, height: 640}});
	try {
		await (tool === 'notebook' ? notebook : codeServer)(page);
		console.log('ok');
	} catch (e) {
		console.log('failed ' + e.message.split('\n')[0]);
	}
	// A notebook of one cell leaves the rest empty.
	const clip = {x: 0, y: 0, width: 1000, height: tool === 'notebook' ? 325 : 640};
	await page.screenshot({path: picture, clip}).catch(() => {});
	await browser.close();
})();
