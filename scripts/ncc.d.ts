/** The part of ncc that the build uses; the package has no types of its own. */
declare module '@vercel/ncc' {
  interface Bundle {
    code: string
    assets: Record<string, { source: Buffer | string }>
  }
  interface Options {
    filename: string
    cache: false
    minify: boolean
    transpileOnly: boolean
    quiet: boolean
    license: string
    externals: Record<string, string>
  }
  export default function ncc(input: string, options: Options): Promise<Bundle>
}
