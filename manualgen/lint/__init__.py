"""Checking a manual: rules beyond those of rendering, reports of findings, and fixes."""
