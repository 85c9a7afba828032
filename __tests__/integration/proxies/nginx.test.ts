import { testProxy } from './contract'
import { askForgetful } from './forgetful'

testProxy('nginx', { down: 502, escaped: '/a\\x22b\\x5Cc%0ad%09e', runs: 25 })

test('POSTs would be lost, and no GET, if idle connections were held longer than the app does', async () => {
  expect(await askForgetful('nginx', 60_000)).toEqual([200, 502, 200, 502])
})
