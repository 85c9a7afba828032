require('./index.js').main('scan')
