require('./index.js').main('release-notes')
