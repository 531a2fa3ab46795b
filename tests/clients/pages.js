// SPDX-License-Identifier: BSD-2-Clause
// Pages in a headless browser, as they are shown on a telephone and on a desk:
//
//	node pages.js MODULES CHROMIUM PICTURES FILE...
//
// For each it prints "FILE: FAULT" for an error on the console, something that is not
// loaded, a width that has to be scrolled, a heading that is empty or two levels
// below the one before, a link to nowhere; at the end how many pages and links there
// were. PICTURES has NAME-WIDTH.png of each then.
'use strict';
const [modules, executablePath, pictures, ...files] = process.argv.slice(2);
const {chromium} = require(modules + '/playwright-core');
const fs = require('fs');
const path = require('path');
const {fileURLToPath, pathToFileURL} = require('url');

const WIDTHS = [400, 1200];
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run',
	'--disable-background-networking', '--disable-component-update',
	'--disable-sync', '--disable-dev-shm-usage'];

// What the page says of itself: its width, its headings, where its links lead.
function look() {
	const doc = document.documentElement;
	return {
		tooWide: doc.scrollWidth - doc.clientWidth,
		widest: [...document.querySelectorAll('body *')]
			.filter(e => e.getBoundingClientRect().right > doc.clientWidth)
			.map(e => e.tagName + ' ' + e.textContent.slice(0, 40))[0],
		headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
			.map(h => ({level: +h.tagName[1], text: h.textContent.trim()})),
		links: [...document.links].map(a => a.href),
		ids: [...document.querySelectorAll('[id]')].map(e => e.id),
	};
}

function* misplaced(headings) {
	let before = 0;
	for (const {level, text} of headings) {
		if (text === '')
			yield 'an empty heading';
		if (level > before + 1)
			yield `h${level} "${text}" behind h${before}`;
		before = level;
	}
	if (headings.filter(h => h.level === 1).length === 0)
		yield 'no h1';
}

async function main() {
	const browser = await chromium.launch({executablePath, args: ARGS});
	const page = await browser.newPage();
	const seen = {};
	let file;
	const fault = what => console.log(`${file}: ${what}`);
	page.on('console', m => m.type() === 'error' && fault(m.text()));
	page.on('pageerror', e => fault(e.message));
	page.on('requestfailed', r => fault('not loaded: ' + r.url()));
	for (file of files) {
		await page.goto(String(pathToFileURL(path.resolve(file))));
		for (const width of WIDTHS) {
			await page.setViewportSize({width, height: 800});
			const found = await page.evaluate(look);
			if (found.tooWide > 0)
				fault(`${found.tooWide} too wide for ${width}: ${found.widest}`);
			seen[page.url()] = {file, ...found};
			await page.screenshot({fullPage: true,
				path: `${pictures}/${path.basename(file, '.html')}-${width}.png`});
		}
	}
	for (const {headings, ...of} of Object.values(seen)) {
		file = of.file;
		for (const what of misplaced(headings))
			fault(what);
		for (const link of of.links.filter(l => l.startsWith('file:'))) {
			const [to, place] = link.split('#');
			if (!fs.existsSync(fileURLToPath(to)))
				fault('no ' + link);
			else if (place && seen[to] && !seen[to].ids.includes(
				decodeURIComponent(place)))
				fault('no place ' + link);
		}
	}
	const links = Object.values(seen).reduce((n, s) => n + s.links.length, 0);
	console.log(`${files.length} pages, ${links} links`);
	await browser.close();
}

main().catch(e => {
	console.log('failed: ' + e.message.split('\n')[0]);
	process.exit(1);
});
