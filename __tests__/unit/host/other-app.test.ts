import { call } from '../../../src/host/program'
import { type Folder, makeFolder } from './shell'

/** The functions run as the app `shop`. */

let folder: Folder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

const serve = (app: string) =>
  folder.run(
    ['host_facts() { fact ready true; }'],
    [call('lease_serve', 'n', folder.base, '7/1/deploy', '', '45', '0', app)],
  )

test('whoever takes the lease first, its app owns the folder', () => {
  expect(serve('shop').output).toContain('"ready"')
  expect(folder.run([], [call('lease_take')]).output).toContain('"taken"')
  expect(folder.read('app')).toBe('shop\n')
  expect(folder.run([], [call('lease_take')]).output).toContain('"taken"')
  expect(serve('shop').output).toContain('"ready"')
})

test.each(['shop-2', 'sho', 'Shop', "it's"])('another app, %s, is refused before anything is told', (app) => {
  folder.write('app', 'shop\n')
  const { output, status } = serve(app)
  expect(status).toBe(70)
  expect(output).toContain('"code":"other-app"')
  expect(output).toContain('belongs to the app shop')
  expect(output).not.toContain('"ready"')
})

test('an app that came in between gets no lease', () => {
  folder.write('app', 'other\n')
  const { output, status } = folder.run([], [call('lease_take')])
  expect(status).toBe(70)
  expect(output).not.toContain('"taken"')
})
