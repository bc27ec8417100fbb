"""The start: the desk's first page is on screen before everything that can act on it has been loaded.

To be read by a person, a page needs neither the contract's models nor an HTTP client with streams; loading those takes longer
than Textual's own start. So the page is fetched beside Textual's start (`first_page`), shown as it came (`first_frame`), and
handed over to the session (`wiring`), which fetches it again, properly. The first frame cannot act and keeps nothing.
"""
