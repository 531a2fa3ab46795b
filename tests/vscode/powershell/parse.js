// SPDX-License-Identifier: BSD-2-Clause
// parse.js FILE...: whether each is PowerShell, by the grammar of
// tree-sitter-powershell. A line FILE:LINE: TEXT for each place that is not; status 1
// then. NODE_PATH says where its modules are.
"use strict";
const { readFileSync } = require("fs");
const { Language, Parser } = require("web-tree-sitter");

const grammar = require.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");

function wrong(node) {
	if (node.isError || node.isMissing)
		return [node];
	return node.hasError ? node.children.flatMap(wrong) : [];
}

(async () => {
	await Parser.init();
	const parser = new Parser();
	parser.setLanguage(await Language.load(grammar));
	for (const file of process.argv.slice(2)) {
		const tree = parser.parse(readFileSync(file, "utf8"));
		for (const node of wrong(tree.rootNode)) {
			console.log(`${file}:${node.startPosition.row + 1}: ` +
				node.text.split("\n")[0]);
			process.exitCode = 1;
		}
		tree.delete();
	}
})();
