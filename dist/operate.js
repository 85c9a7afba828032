require('./index.js').main('operate')
