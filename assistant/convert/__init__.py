"""Files of any format → Markdown for the corpus: sniff, parse in a child with limits, render, propose front matter."""
