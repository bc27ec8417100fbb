"""The desk without a screen: `orders-tui --plain`. Numbered prompts, lines of text, the same words and actions as everywhere.

For screen readers, slow lines and scripts: nothing is drawn over, nothing is coloured, nothing is written while a line is being
typed, and numbers mean what was listed last, whatever has changed since. It knows no Textual and needs no terminal.
"""
