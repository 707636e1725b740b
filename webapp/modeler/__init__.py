"""The modeler: drawing plans in the browser, with findings while one draws."""
