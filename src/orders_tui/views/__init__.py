"""Saved views: `saved_view.py` what one is, `view_file.py` how it is written down, `folder.py` where they lie, `pins.py` those
that stand among the tabs, `built_in.py` those that come with the desk.
"""
