"""Assisted reading: a person, an agent or a language model completes what grammar can't see; nothing is taken on trust.

    documents ─draft▶ what is in doubt, in the form of additions ─a reader fills it in▶ ─amend▶ buttress.additions.yaml ─▶ every command

`drafting` ranks the doubts, `checking` holds claims against the words of the sources, `keeping` writes the file, `amending` joins the two.
"""
