nodes = {'target': {'hostname': 'target', 'os': 'debian', 'os_version': (13,), 'bundles': ['workload']}}
