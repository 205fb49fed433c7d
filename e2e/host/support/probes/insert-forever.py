# insert-forever.py DATABASE: inserts a row each 50 ms, as the web application would, and says when that begins to fail and
# when it is well again.
import sqlite3
import sys
import time

database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
database.execute('PRAGMA journal_mode = WAL')
# A log that is used again from its beginning needs no room, so that a full disk isn't noticed meanwhile: a short one.
database.execute('PRAGMA wal_autocheckpoint = 50')
database.execute('CREATE TABLE IF NOT EXISTS rows (content BLOB)')
well = True
while True:
    try:
        database.execute('INSERT INTO rows VALUES (randomblob(4000))')
        if not well:
            print('well', flush=True)
        well = True
    except sqlite3.OperationalError as error:
        if well:
            print('fails:', error, flush=True)
        well = False
    time.sleep(0.05)
