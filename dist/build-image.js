require('./index.js').main('build-image')
