"""The template language: tags, scope, keys, the compiled template. Knows no Office format."""
