/** English words that say nothing of what a text is about. */
export const stopWords: readonly string[] = (
  'a about above after again against all almost along also although always am among an and another any anyone anything are as ' +
  'at away back be became because become been before being below between both but by came can cannot could did do does doing ' +
  'done down during each either else enough especially etc ever every few first for from further get gets give given go goes got had has have having ' +
  'he her here hers herself him himself his how however i if in into is it its itself just like made make makes many may me ' +
  'might more most much must my myself neither no nor not nothing now of off often on once one only or other others our ours ' +
  'ourselves out over own per perhaps quite rather same second several shall she should since so some someone something still such ' +
  'than that the their theirs them themselves then there these they thing things this those though three through thus to together too toward ' +
  'towards two under until up upon us used using usually various very was we well were what when where whether which while who ' +
  "whom whose why will with within without would yet you your yours yourself yourselves don't doesn't didn't isn't it's that's i'm can't won't"
).split(' ');
