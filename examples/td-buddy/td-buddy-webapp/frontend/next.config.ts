import type { NextConfig } from 'next'

const version = process.env.APP_VERSION || 'dev'

const config: NextConfig = {
  output: 'standalone',
  // The same version gives the same build id on every machine that builds it.
  generateBuildId: () => version,
  // Baked into the page's script too, so that an open page knows which release it came from.
  env: { NEXT_PUBLIC_APP_VERSION: version },
  // Images come ready-made from the CDN, so the server needs no image library.
  images: { unoptimized: true },
  outputFileTracingRoot: __dirname,
  outputFileTracingExcludes: { '/*': ['node_modules/@img/**', 'node_modules/sharp/**'] },
  turbopack: { root: __dirname },
  poweredByHeader: false,
  async headers() {
    return [
      {
        source: '/(.*)',
        headers: [
          { key: 'X-Frame-Options', value: 'DENY' },
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'X-XSS-Protection', value: '1; mode=block' },
          { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
        ],
      },
    ]
  },
}

export default config
