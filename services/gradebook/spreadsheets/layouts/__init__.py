"""The layouts that are known, declared as tables: what their columns are called and what their cells say."""

from services.gradebook.spreadsheets.imported import LayoutId
from services.gradebook.spreadsheets.layouts import lists, primary, secondary, vnedu
from services.gradebook.spreadsheets.layouts.declared import Column, Form, Layout, Part

LAYOUTS = {layout.id: layout for layout in (*secondary.LAYOUTS, *primary.LAYOUTS, *vnedu.LAYOUTS, *lists.LAYOUTS)}

__all__ = ["LAYOUTS", "Column", "Form", "Layout", "LayoutId", "Part"]
