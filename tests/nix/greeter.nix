{ lib, ... }:
{
  options.greeter = {
    enable = lib.mkEnableOption "greetings, as {manpage}`machinectl(1)` shows them";
    words = lib.mkOption {
      type = lib.types.str;
      default = "hello";
      example = lib.literalExpression ''"good day"'';
      description = "What to say.";
      relatedPackages = [
        "hello"
        [
          "kdePackages"
          "kate"
        ]
        {
          name = "cowsay";
          title = "A cow";
          comment = "It says the words.";
        }
      ];
    };
    unseen = lib.mkOption {
      type = lib.types.str;
      internal = true;
    };
  };
}
