require('./index.js').main('deploy')
