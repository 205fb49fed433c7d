# The workload of ../../../../workload.ts, by BundleWrap.
root = '/srv/bench'

groups = {'benchg': {'gid': '4711'}}
users = {
    'benchu': {'uid': '4711', 'gid': 'benchg', 'home': root, 'shell': '/usr/sbin/nologin'},
}
pkg_apt = {name: {} for name in ('ca-certificates', 'curl', 'git', 'rsync', 'sudo')}
ownership = {'owner': 'benchu', 'group': 'benchg'}
directories = {f'{root}/d{number:02d}': {**ownership, 'mode': '0755'} for number in range(15)}
files = {
    f'{root}/d{number % 15:02d}/f{number:02d}.conf': {
        **ownership,
        'source': 'file.conf',
        'content_type': 'mako',
        'context': {'number': number},
        'mode': '0640',
        'triggers': [f'action:reload-{reload}' for reload in range(3)],
    }
    for number in range(20)
}
symlinks = {
    f'{root}/d{number:02d}/link': {**ownership, 'target': f'{root}/d{number:02d}/f{number:02d}.conf'}
    for number in range(10)
}
actions = {
    f'stamp-{number}': {
        'command': f'touch {root}/stamp-{number}',
        'unless': f'test -e {root}/stamp-{number}',
        'needs': ['directory:'],
    }
    for number in range(5)
} | {
    f'reload-{number}': {'command': f'touch {root}/reloaded-{number}', 'triggered': True}
    for number in range(3)
}
