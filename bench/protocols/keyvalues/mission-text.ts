/** A mission file as maps bring it, as long as many of them together; no key twice in a section, which some readers can't keep. */
export function missionText(chapters: number): string {
  const modes = ['coop', 'versus', 'survival', 'scavenge', 'realism']
  const chapter = (mode: string, number: number) => `			"${number}"
			{
				"Map"				"custom_${mode}_m${number}_a_rather_long_name"
				"DisplayName"		"Chapter ${number}: the road, the bridge and the “end” — 漢字"
				"Image"				"maps/custom_m${number}"
				"VersusCompletionScore"	"${400 + (number % 300)}"
				"Weather"			"rain" // a comment that says why
			}
`
  const mode = (name: string) => `		"${name}"
		{
${Array.from({ length: chapters }, (_, index) => chapter(name, index + 1)).join('')}		}
`
  return `// A campaign
"mission"
{
	"Name"			"bench"
	"Version"		"3"
	"Author"		"nobody"
	"DisplayTitle"	"The bench"
	"modes"
	{
${modes.map(mode).join('')}	}
}
`
}
