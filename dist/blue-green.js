require('./index.js').main('blue-green')
