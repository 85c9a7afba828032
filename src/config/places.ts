/*
 * Folders of root's on the host, which the site, the set-up and a web server in a container all have to know. In one of
 * an ordinary user's a link could lead a program of root's astray.
 */

/** Holds the site's file of an app whose web server runs in a container, and nothing else. */
export function siteFolder(app: string): string {
  return `/etc/kawasemi/${app}/nginx`
}

/** Where a program such as certbot lays its answers for the certificate authority. */
export const acmeFolder = '/var/lib/kawasemi/acme'

/** Certbot's: its names of certificates are links from one part of it to another. */
export const certbotFolder = '/etc/letsencrypt'

export function logFolder(app: string): string {
  return `/var/log/kawasemi/${app}`
}
