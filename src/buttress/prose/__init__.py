from buttress.model import Fragment
def extract(passages, known=()): return Fragment("prose", tells_apart=False)
