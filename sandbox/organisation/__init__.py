"""Builds a whole organisation from a plain JSON description."""
