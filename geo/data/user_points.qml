<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22" styleCategories="Symbology|Fields">
  <aliases>{aliases}</aliases>
  <renderer-v2 type="categorizedSymbol" attr="join_status" forceraster="0" symbollevels="0" enableorderby="0">
    <categories>
      <category render="true" value="matched" symbol="0" label="{matched}"/>
      <category render="true" value="outside" symbol="1" label="{outside}"/>
    </categories>
    <symbols>
      <symbol type="marker" name="0" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleMarker" enabled="1" pass="0" locked="0">
          <prop k="color" v="194,65,12,255"/><prop k="name" v="circle"/><prop k="size" v="1.8"/>
          <prop k="outline_color" v="255,255,255,255"/><prop k="outline_width" v="0.2"/>
        </layer>
      </symbol>
      <symbol type="marker" name="1" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleMarker" enabled="1" pass="0" locked="0">
          <prop k="color" v="120,128,136,255"/><prop k="name" v="circle"/><prop k="size" v="1.4"/>
          <prop k="outline_color" v="255,255,255,255"/><prop k="outline_width" v="0.2"/>
        </layer>
      </symbol>
    </symbols>
  </renderer-v2>
</qgis>
