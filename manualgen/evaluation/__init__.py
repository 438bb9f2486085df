"""Nix modules → options, by the real evaluator.

``options.nix`` asks one ``lib.evalModules`` what the modules declare, and
:func:`~manualgen.evaluation.extracting.extract` makes options and diagnostics
of the answer. What a module cannot say without packages or a configuration
costs that value only; what cannot be evaluated at all is left out and named.
"""
