"""How the shipped model is made and measured: ``python -m kg.training``, see the README beside this file."""
