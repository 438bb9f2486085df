"""Nix modules → options, evaluated by Nix.

:func:`manualgen.evaluation.extracting.extract` evaluates ``nix/extract.nix``,
which asks one ``lib.evalModules`` what the modules declare, and returns options
and diagnostics. A value that cannot be evaluated without packages or a
configuration costs that value only; a module that cannot be evaluated at all is
left out and named in a diagnostic.
"""
