"""The engine: verbs over plans, cases, tasks, jobs. It knows no web and no complaint."""
