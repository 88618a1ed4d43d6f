"""The host runner: the last resort, where namespaces are not to be had (macOS, a locked-down CI).

::

    go, git, sh …: ordinary processes of this user, in a private directory
      │ https://127.0.0.1:PORT      {primary}, {mirror}                       │ HTTPS_PROXY, for every other name
      │                                                                       ▼
      │                                                     tunnel.py: to a role of the lab, else refused
      ▼                                                                       │
    the lab's servers, listening on free ports of 127.0.0.1  ◀────────────────┘

``host.py`` is the harness's side. ``warden.py`` is a process of its own for each lab: it starts the commands, ends them
with all that they have started, and removes the directory, also when the harness has been killed. ``layers.py`` copies
what an overlay would show.

What holds here, and what does not:

- The environment is built from nothing, HOME and all caches are the lab's own: nothing of the user's is read for
  settings or written by Go. But no mount protects the machine: a command that names a path may write there, as it might
  if it were typed into a shell.
- Go and git reach the lab and nothing else: loopback addresses are the lab's, and every other connection goes through
  the tunnel, which knows the lab's hosts only. A command that does not keep to HTTPS_PROXY (``nc``, ``ssh``) is not held
  back, since there is no network namespace to hold it. chaosmod itself runs none.
- "With the network gone" means: GOPROXY=off, no tunnel, and git may fetch from nowhere.
- Names are not looked up, so DNS faults, a posture that names hosts itself and one that sets HTTPS_PROXY cannot be
  expressed. Small disks, kernel links and packet sockets cannot either. Such cases are skipped, with the reason.
- Where Go does not take the lab's authority from SSL_CERT_FILE (macOS), the servers speak plain HTTP: what is about TLS
  or HTTP/2 is skipped.
- Root's commands are root's: mode bits do not stop them.
"""
