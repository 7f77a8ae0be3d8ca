FRMO python:3.12
{{ cookiecutter.base }}
