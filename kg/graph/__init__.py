"""The graph: RDF in a store on disk, its ontology and shapes, queries and networks read back from it."""
