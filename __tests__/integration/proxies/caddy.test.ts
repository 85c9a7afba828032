import { testProxy } from './contract'

testProxy('caddy', { down: 502, escaped: '/a\\"b\\\\c%0ad%09e', runs: 10 })
