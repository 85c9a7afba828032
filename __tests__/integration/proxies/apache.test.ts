import { testProxy } from './contract'

testProxy('apache', { down: 503, escaped: '/a\\"b\\\\c%0ad%09e', runs: 15 })
