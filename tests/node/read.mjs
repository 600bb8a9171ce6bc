// Reads a GEXF or GraphML file with graphology and prints it as graphology's own JSON.
import { readFileSync } from "node:fs";
import { MultiDirectedGraph } from "graphology";
import gexf from "graphology-gexf";
import graphml from "graphology-graphml";

const [file] = process.argv.slice(2);
const format = file.endsWith(".gexf") ? gexf : graphml;
const graph = format.parse(MultiDirectedGraph, readFileSync(file, "utf8"));
process.stdout.write(JSON.stringify(graph.export()));
