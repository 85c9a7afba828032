// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are texts that bake would evaluate
import fc from 'fast-check'
import { planBuild, renderBakeFile } from '../../../src/images/bake'
import { localExec } from './local-exec'

describe('the bake file', () => {
  it('hands every text to BuildKit as it is, though bake evaluates templates', async () => {
    const piece = fc.constantFrom(
      '$',
      '${',
      '$${',
      '%{',
      '%%{',
      '}',
      '~',
      '\\',
      '"',
      '\n',
      'a',
      'if',
      ' ',
      'é',
    )
    const texts = fc.sample(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      300,
    )
    const args = Object.fromEntries(texts.map((text, index) => [`ARG${index}`, text]))
    // Compose writes a dollar as two.
    const build = {
      context: '/src',
      args: Object.fromEntries(Object.entries(args).map(([k, v]) => [k, v.replaceAll('$', '$$$$')])),
    }
    const targets = planBuild({
      app: 'a',
      release: 'r',
      version: 'v${x}',
      revision: 'c',
      services: { web: { build } },
      secretFiles: {},
    })
    const printed = await localExec('docker', ['buildx', 'bake', '--file', '-', '--print'], {
      stdin: renderBakeFile(targets),
    })
    expect(printed).toMatchObject({ code: 0 })
    expect(JSON.parse(printed.stdout).target['web-1']).toMatchObject({
      context: '/src',
      dockerfile: '/src/Dockerfile',
      args,
      labels: { 'org.opencontainers.image.version': 'v${x}' },
    })
  })
})
