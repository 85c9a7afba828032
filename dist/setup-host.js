require('./index.js').main('setup-host')
