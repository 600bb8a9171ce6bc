"""Knowledge graphs from arXiv digests: extracted, resolved, stored as RDF, queried and shown.

Everything runs on a laptop CPU without a network or a language-model key. The command line (``kg --help``) is the
main entry point; from Python, :func:`kg.build.build` does what ``kg build`` does.
"""

__version__ = "0.1.0"
