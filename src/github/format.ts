/** `340 ms`, `12.3 s`, `2 min 5 s` */
export function time(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const whole = Math.round(ms / 1000)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** `812 B`, `1.0 MB`, `339 MB`: decimal units, as registries and disks count. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`
  let value = bytes
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    value /= 1000
    if (value < 99.95) return `${value.toFixed(1)} ${unit}`
    if (value < 999.5 || unit === 'TB') return `${value.toFixed(0)} ${unit}`
  }
  return `${bytes} B`
}
