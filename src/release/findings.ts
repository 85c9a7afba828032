/** From the worst to the mildest; `unknown` is what nobody has rated yet. */
export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const
export type Severity = (typeof severities)[number]

/** A known vulnerability of a package that is in an image, or in the files of an app. */
export interface Finding {
  /** Service whose image it is in, or the file that names the package. */
  readonly where: string
  readonly name: string
  readonly version: string
  /** By which people look it up. */
  readonly id: string
  readonly severity: Severity
}

/** Those that are as bad as the limit, or worse. */
export function over(findings: readonly Finding[], limit: Severity): readonly Finding[] {
  return findings.filter((finding) => rank(finding) <= severities.indexOf(limit))
}

/** The worst first. */
export function rank({ severity }: Finding): number {
  return severities.indexOf(severity)
}
