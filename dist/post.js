require('./index.js').main('post')
